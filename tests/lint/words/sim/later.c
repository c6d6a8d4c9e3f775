/* TODO: the rest */
int later(void)
{
	return 1; /* good enough for now */
}
/* a hack is a horse */
