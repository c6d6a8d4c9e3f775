int shared_name(void);
const char *const words[] = {"a", "b"};
static int counter;
static _Thread_local int mine;
int visible = 3;

int shared_name(void)
{
	static int calls = 7;
	return ++counter + ++calls + ++mine + visible + words[0][0];
}
