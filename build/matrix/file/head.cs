#:package Multiproc@@MultiprocVersion@
