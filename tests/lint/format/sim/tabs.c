int tabs(void)
{
	return 1;
}
