/* malloc(1) in a comment is nothing. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

void uses(char *to, const char *from);

void uses(char *to, const char *from)
{
	char *copy = malloc(10);
	strcpy(to, from);
	double x = log(2.0) + rand();
	double y = elementary_log(2.0);
	time_t now = time(NULL);
	puts("strcpy(a, b)");
	thing->free(copy);
	thing.exp (1);
	if (x > y)
		exit((int)now);
}
