namespace Multiproc.Cluster.Sessions;

/// <summary>Asks an entity of the own node what it looks like; and its answer, which is null when there is no object. Never sent to other nodes.</summary>
internal sealed record EntityLook(EntitySight? Sight)
{
    public static readonly EntityLook Question = new((EntitySight?)null);
}
