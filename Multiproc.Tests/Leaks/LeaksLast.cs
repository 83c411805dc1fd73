using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Multiproc.Tests.Leaks.LeaksLast))]

namespace Multiproc.Tests.Leaks;

/// <summary>Runs the tests for what is left behind after all other ones, including those that run one at a time.</summary>
public sealed class LeaksLast : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections)
            .OrderBy(static each => each.TestCollectionDisplayName == nameof(LeakTests))];
}
