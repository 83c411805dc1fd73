using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Nodes;

/// <summary>
/// The shared objects that live in this process, and the processes that can reach them. Every process has one node;
/// a manager is a process that consists of nothing but its node.
/// </summary>
internal sealed partial class Node : IReplyTo
{
    private static readonly Lazy<Node> s_current = new(MakeCurrent, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly Guid _id = Guid.NewGuid();
    private readonly TimeProvider? _time;

    // Created on first use: most children need none of them, and loading their types takes a tenth of a child's boot.
    private NodeObjects? _objects;
    private NodeMemory? _memory;
    private NodeDescriptors? _descriptors;
    private NodeKeys? _keys;

    /// <summary>Initializes a node beside that of the process: a process has several in tests only.</summary>
    /// <param name="time">The clock of its objects; null for the system's.</param>
    public Node(TimeProvider? time = null)
    {
        _time = time;
        BeginPeers();
    }

    /// <summary>The node of this process: the facades of the program, and the values that are unpacked here, belong to it.</summary>
    public static Node Current => s_current.Value;

    public NodeObjects Objects => _objects ?? Interlocked.CompareExchange(ref _objects, new NodeObjects(), null) ?? _objects;

    public NodeMemory Memory => _memory ?? Interlocked.CompareExchange(ref _memory, new NodeMemory(), null) ?? _memory;

    public NodeDescriptors Descriptors => _descriptors ?? Interlocked.CompareExchange(ref _descriptors, new NodeDescriptors(), null) ?? _descriptors;

    /// <summary>The name of this process in other processes' error texts; when empty, they show its process id.</summary>
    public string Name { get; set; } = "";

    public ConnectionOptions Connections { get; set; } = new();

    /// <summary>The keys of nodes whose key differs from this process's.</summary>
    public NodeKeys Keys => _keys ?? Interlocked.CompareExchange(ref _keys, new NodeKeys(), null) ?? _keys;

    public Guid Id => _id;

    /// <summary>The address of this node without a listener, for peers that have a link already.</summary>
    public NodeAddress Identity => new(_id, Environment.ProcessId, "", Name);

    public Instant Now => new((_time ?? TimeProvider.System).GetElapsedTime(0).Ticks);

    public IDisposable Alarm(TimeSpan delay, Action ring) =>
        _time is null ? Transport.Alarm.In(delay, ring) : _time.CreateTimer(static ring => ((Action)ring!)(), ring, delay, Timeout.InfiniteTimeSpan);

    public long Create(ObjectType kind, Payload options, out MemoryBlock? cell)
    {
        cell = kind.CellBytes > 0 ? Memory.Allocate(kind.CellBytes) : null;
        var block = cell;
        var state = kind.CreateState(options, block);
        if (cell is null)
        {
            // Nothing can be done with it without a message; the others are used by their cells for most of the time.
            Host.Prepare();
        }

        return Objects.Add(new NodeObject(kind, Host.Host(state), cell) { HoldsReferences = kind.KeepsValues && ReferenceMark.IsIn(options.Bytes.Span) });
    }

    /// <summary>Adds an object that is not a state of a registered type, but an actor of its own.</summary>
    public long Add(ObjectType kind, IHostedObject hosted) => Objects.Add(new NodeObject(kind, hosted, Cell: null));

    /// <summary>Ends an object: waiting and future calls are told that it is gone.</summary>
    public void Remove(long id)
    {
        if (Objects.Remove(id) is { } removed)
        {
            using (Reactor.EnterHandler())
            {
                removed.Hosted.Stop();
            }
        }
    }

    /// <summary>Ends an object that nobody can reach, and frees its cell, which nobody can write to any more.</summary>
    public void Collect(long id)
    {
        var cell = Objects.Find(id)?.Cell;
        Remove(id);
        if (cell is { } block)
        {
            Memory.Free(block, wasSent: false);
        }
    }

    /// <summary>Releases the memory of a node that is gone, except what facades still use.</summary>
    public void ForgetMemoryOf(Guid node) => _memory?.Forget(node);

    /// <summary>Whether an address is one of this node's own.</summary>
    public bool IsSelf(NodeAddress address) => address.Id == _id;
}
