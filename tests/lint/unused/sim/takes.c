int offers_much(void);
static int inner(void)
{
	return offers_much();
}
int main(void)
{
	return inner();
}
