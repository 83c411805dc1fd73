using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>The public names as an approved text: a change of the contract shows in review.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsApproved() =>

        // CTX-21
        PublicNames.AreApproved(typeof(Mp).Assembly, Repository.Path("Multiproc.Actors", "PublicAPI.txt"));

    [Fact]
    public void PublicTypes_LiveInTheUsersNamespace() =>
        typeof(Mp).Assembly.GetExportedTypes().Where(type => type.Namespace != "Multiproc").ShouldBeEmpty();
}
