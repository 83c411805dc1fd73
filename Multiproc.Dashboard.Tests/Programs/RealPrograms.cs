namespace Multiproc.Dashboard.Tests.Programs;

/// <summary>Tests that start processes of this program, and look at all of it: one at a time, beside those that start none.</summary>
[CollectionDefinition(nameof(RealPrograms))]
public sealed class RealPrograms;
