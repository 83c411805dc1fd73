using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Base class of managers: server processes that host objects of your own types, which outlive the processes that use them. Derive a class, register types,
/// then start a server or connect to a running one.
/// </summary>
/// <example>
/// <code>
/// sealed class MyManager : BaseManager&lt;MyManager&gt;;
///
/// MyManager.Register&lt;IMaths, MathsClass&gt;("Maths");
/// using var manager = new MyManager();
/// manager.Start();
/// IMaths maths = manager.Create&lt;IMaths&gt;();
/// Console.WriteLine(maths.Add(4, 3));
/// </code>
/// </example>
public abstract partial class BaseManager : IDisposable, IAsyncDisposable, INotSendable
{
    private readonly byte[]? _authKey;
    private readonly ManagerAddress? _wanted;
    private ChildProcess? _process;
    private ObjectHandle? _root;
    private ManagerAddress? _address;
    private int _state;

    /// <summary>Initializes a manager that is neither started nor connected.</summary>
    /// <param name="address">
    /// The address to listen at or to connect to; null (the default) creates a Unix socket on this machine. "0.0.0.0" listens at all addresses of this machine,
    /// port 0 at any free port.
    /// </param>
    /// <param name="authKey">The secret that both sides must know; by default the key of this process. For other machines use at least 16 random bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    protected BaseManager(ManagerAddress? address = null, byte[]? authKey = null)
    {
        address?.Validate();
        _wanted = address;
        _authKey = authKey;
    }

    /// <summary>Gets the address that clients connect to.</summary>
    /// <exception cref="InvalidOperationException">The manager is neither started nor connected.</exception>
    public ManagerAddress Address => _address ??= Locate();

    /// <summary>
    /// Gets how TCP connections to the manager are secured; ignored for a socket on this machine. Default: <see cref="TlsOptions.FromAuthKey"/>.
    /// </summary>
    public TlsOptions Tls { get; init; } = TlsOptions.FromAuthKey;

    /// <summary>Gets the process id of the server that this manager started.</summary>
    /// <exception cref="InvalidOperationException">This manager has not started a server.</exception>
    public int Pid =>
        _process?.Pid ?? throw new InvalidOperationException($"{GetType().Name} has not started a server: it is connected to one, or not started yet.");

    /// <summary>
    /// Gets the number of objects that live in the manager at the time of the call, including objects whose last reference was released a moment ago.
    /// </summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int NumberOfObjects => (int)Root.Ask(ManagerCommand.Count.Instance, default).Number;

    internal TimeSpan ReferenceLease { get; init; } = Settings.Current.Manager.ReferenceLease;

    private ObjectHandle Root
    {
        get
        {
            if (_state == States.Ended)
            {
                throw new ObjectDisposedException(GetType().Name, "This manager was shut down or disposed, and its objects with it: make a new one.");
            }

            return _root ?? throw new InvalidOperationException($"{GetType().Name}: server not yet started. Call Start or Connect first.");
        }
    }

    /// <summary>Makes this process the server, and returns the service on which to call <see cref="ManagerService.ServeForever"/>.</summary>
    /// <returns>The service.</returns>
    /// <exception cref="MultiprocException">The manager was already started, connected or shut down.</exception>
    /// <exception cref="InvalidOperationException">This process already serves a manager, or owns shared objects.</exception>
    public ManagerService GetServer()
    {
        Begin();
        var service = new ManagerService(
            GetType().Name, ManagerServer.Table(Registry.For(GetType()).Values, this is SyncManager), new ManagerPlace(_wanted, _authKey, Tls), ReferenceLease);
        _address = service.Address;
        return service;
    }

    /// <summary>Lists the objects that live in the manager: Python's <c>debug_info</c>. Does not wait for calls that are in progress.</summary>
    /// <returns>The objects, in order of creation.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<ManagedObject> DebugInfo()
    {
        var reader = new WireReader(Root.Ask(ManagerCommand.Describe.Instance, default).Value.Bytes.Span);
        var objects = new List<ManagedObject>();
        while (!reader.AtEnd)
        {
            objects.Add(new((long)reader.VarUInt(), reader.String(), reader.Natural(), reader.String()));
        }

        return objects;
    }

    internal ObjectHandle Create(ObjectType kind, Payload options = default) => Made(new ManagerCommand.Create(kind.Tag, options), kind.Name, isNew: true);

    /// <summary>Opens the lock of a name, which lives as long as the manager.</summary>
    private protected ObjectHandle NamedLock(string name) => Made(new ManagerCommand.NamedLock(name), "named lock", isNew: false);

    private ObjectHandle Made(ManagerCommand command, string what, bool isNew)
    {
        var reply = Root.Ask(command, default);
        if (reply.Status != ReplyStatus.Ok)
        {
            throw new MultiprocException(
                $"{GetType().Name} could not make a {what}: "
                    + (reply.Reason ?? $"its server replied {reply.Status} without a reason; its output on stderr may say why, and a new manager may help."));
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        return ObjectHandle.ReadFrom(ref reader, isNew);
    }

    /// <summary>Makes the key known to child processes, which need it to reach the server.</summary>
    private void LearnKey(Guid node, bool isFar)
    {
        if (_authKey is not null || Tls.Mode == TlsMode.Certificates)
        {
            Node.Current.Keys.Learn(node, _authKey ?? ProcessKey.Current.Bytes, Tls, isFar);
        }
    }

    private ManagerAddress Locate()
    {
        var reply = Root.Ask(ManagerCommand.Locate.Instance, default);
        if (reply.Status != ReplyStatus.Ok)
        {
            throw new MultiprocException($"{GetType().Name} has no address: {reply.Reason ?? $"its server replied {reply.Status} without a reason."}");
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        return ManagerAddress.Of(Multiproc.Nodes.NodeAddress.ReadFrom(ref reader).Endpoint);
    }

    private static class States
    {
        public const int Initial = 0;
        public const int Begun = 1;
        public const int Ended = 2;
    }
}
