/* replay: gives every file of a corpus to a fuzzer's function, whole and cut short, without libFuzzer.
 *
 * Usage: replay_<what> FILE... Exit status 0 when all came back; a crash is the process's own. It prints how many inputs it gave.
 * Each input is handed over in a block of exactly its size, so that valgrind and the address sanitizer see a read past its end. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	CUTS = 16,   /* prefixes tried of each file */
	SECONDS = 20 /* an input that takes longer is a finding: SIGALRM ends the process */
};

static void give(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	memcpy(exact, bytes, size);
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(exact, size);
	alarm(0);
	free(exact);
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	uint8_t *bytes = NULL;
	*size = 0;
	for (size_t got = 1; got != 0; *size += got) {
		bytes = realloc(bytes, *size + 65536);
		got = fread(bytes + *size, 1, 65536, f);
	}
	fclose(f);
	return bytes;
}

int main(int argc, char **argv)
{
	unsigned long given = 0;
	for (int i = 1; i < argc; i++) {
		size_t size;
		uint8_t *bytes = read_file(argv[i], &size);
		if (bytes == NULL) {
			perror(argv[i]);
			return 3;
		}
		/* Names the input before it is given: the last line tells which one ended the process. */
		fprintf(stderr, "%s\n", argv[i]);
		give(bytes, size);
		for (size_t cut = 0; cut < CUTS; cut++)
			give(bytes, size * cut / CUTS);
		given += 1 + CUTS;
		free(bytes);
	}
	printf("%lu inputs\n", given);
	return given == 0;
}
