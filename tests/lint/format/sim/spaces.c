int spaces(void)
{
        return 1;
}
