#include "models/arrivals/rate.h"
