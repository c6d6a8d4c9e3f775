void friend(void)
{
	once__inner();
}
