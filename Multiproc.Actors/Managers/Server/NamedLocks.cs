using Multiproc.Nodes;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>
/// The locks of a manager that have names: the seats of elections. They are never removed, also when nobody refers to them, since their fences must grow.
/// </summary>
internal sealed class NamedLocks(Node node)
{
    private const int Most = 10_000;

    private readonly Dictionary<string, byte[]> _handles = [];

    /// <summary>The handle of the lock of a name, as it is sent.</summary>
    /// <exception cref="MultiprocException">There are too many names.</exception>
    public byte[] HandleOf(string name)
    {
        if (_handles.TryGetValue(name, out byte[]? known))
        {
            return known;
        }

        if (_handles.Count == Most)
        {
            throw new MultiprocException($"the manager has elections of {Most} names, and keeps each: use names again.");
        }

        long id = node.Create(LockType.Instance, default, out var cell);
        using var writer = new WireWriter();
        new ObjectHandle(node, id, cell).WriteTo(writer);
        return _handles[name] = writer.ToArray();
    }
}
