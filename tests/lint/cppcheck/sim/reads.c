int reads(void)
{
	int a[4];
	a[0] = 1;
	return a[7] + a[0];
}
