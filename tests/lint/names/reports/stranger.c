void stranger(void)
{
	once__inner();
	__builtin_trap();
}
