import sys
print("leaving now")
sys.exit(3)
