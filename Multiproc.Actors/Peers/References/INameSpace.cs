namespace Multiproc.Peers.References;

/// <summary>A space of names that this process is a part of, such as a cluster of which it is a node.</summary>
internal interface INameSpace
{
    /// <summary>What the references of the space say.</summary>
    string Name { get; }

    /// <summary>Finds an object of this node that relays to the one of a reference; null when it no longer can. Never waits.</summary>
    long? Find(NamedReference reference);

    /// <summary>How long from now nobody else is given what processes of this node hold, at the least; zero when somebody may be.</summary>
    /// <param name="isForOthers">Whether another process is told, which acts upon it until that time.</param>
    TimeSpan HeldFor(bool isForOthers);
}
