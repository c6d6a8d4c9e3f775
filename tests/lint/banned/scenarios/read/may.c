static double clock(double x)
{
	return exp(x);
}

double may(double x)
{
	return clock(x);
}
