double may(double x)
{
	return exp(x);
}
