void *memory_alloc(size_t size)
{
	return calloc(1, size);
}
