int offers_much(void);
int offers_little(void);

int offers_little(void)
{
	return 1;
}

int offers_much(void)
{
	return offers_little();
}
