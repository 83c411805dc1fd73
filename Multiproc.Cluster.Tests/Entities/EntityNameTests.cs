using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Tests.Entities;

public sealed class EntityNameTests
{
    [Theory]
    [InlineData("jobs", "jobs")]
    [InlineData("a/b ~!%", "a%2Fb%20~%21%25")]
    public void Entity_OfAShortName_IsItEscaped(string name, string entity) => EntityName.Of(name).ShouldBe(entity);

    [Fact]
    public void Entity_OfALongName_FitsIntoTheJournalAndIsNoShortName()
    {
        string entity = EntityName.Of(new string('/', 1024));
        EntityName.Persistent(entity).Length.ShouldBeLessThanOrEqualTo(255);
        EntityName.Of(entity).ShouldNotBe(entity);
        EntityName.OfPersistent(EntityName.Persistent(entity)).ShouldBe(entity);
    }
}
