#include "models/handler/loop.h"
#include "reports/report.h"
#include <stdio.h>
