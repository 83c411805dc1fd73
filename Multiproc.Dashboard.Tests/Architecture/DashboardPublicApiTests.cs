using Multiproc.Tests.Architecture;
using Multiproc.Tests.Support;

namespace Multiproc.Dashboard.Tests.Architecture;

/// <summary>The public names of Multiproc.Dashboard.</summary>
public sealed class DashboardPublicApiTests
{
    [Fact]
    public void PublicApi_IsAsApproved() =>
        PublicNames.AreApproved(typeof(MultiprocDashboard).Assembly, Repository.Path("Multiproc.Dashboard", "PublicAPI.txt"));

    [Fact]
    public void PublicTypes_LiveInTheUsersNamespace() =>
        typeof(MultiprocDashboard).Assembly.GetExportedTypes().Where(static type => type.Namespace != "Multiproc").ShouldBeEmpty();
}
