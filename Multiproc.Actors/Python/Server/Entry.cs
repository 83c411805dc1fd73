using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Python.Referents;
using Multiproc.Serialization;

namespace Multiproc.Python.Server;

/// <summary>An object that Python programs can reach by its ident, and the number of proxies that they have of it. Guarded by its table.</summary>
internal sealed class Entry
{
    private readonly Payload _packed;
    private readonly long _object;
    private readonly HashSet<string> _exposed;
    private SharedObject? _facade;
    private bool _ended;

    public Entry(string ident, Referent referent, SharedObject? facade)
    {
        Ident = ident;
        Referent = referent;
        _exposed = [.. referent.Exposed];
        if (facade is not null)
        {
            _packed = Serializer.Pack<object?>(facade);
            _object = facade.Handle.Id;
        }
    }

    public string Ident { get; }

    /// <summary>What is called when it does not matter who calls.</summary>
    public Referent Referent { get; private set; }

    public bool IsShared => _object != 0;

    /// <summary>Whether the object exists.</summary>
    public bool IsAlive => IsShared ? Node.Current.Objects.Find(_object) is not null : !_ended;

    /// <summary>The number of proxies.</summary>
    public int Count => Unknown + Known.Values.Sum();

    /// <summary>Whether a C# program offers the object by a name: then it is kept for good.</summary>
    public bool IsOffered { get; set; }

    /// <summary>Proxies of processes that are not known.</summary>
    public int Unknown { get; set; }

    /// <summary>Proxies of known processes, by process id.</summary>
    public Dictionary<int, int> Known { get; } = [];

    public bool Exposes(string method) => _exposed.Contains(method);

    /// <summary>Makes a facade for one use.</summary>
    public SharedObject Open() => (SharedObject)Serializer.Unpack<object?>(_packed)!;

    /// <summary>Makes a referent whose calls are those of a guest.</summary>
    public Referent For(int guest)
    {
        var own = ReferentOf.Facade(ObjectHandle.ReadAs(guest, Open));
        own.Join(Referent);
        return own;
    }

    /// <summary>Keeps the object alive.</summary>
    public void Hold()
    {
        if (_facade is null && IsShared)
        {
            _facade = Open();
            var again = ReferentOf.Facade(_facade);
            again.Join(Referent);
            Referent = again;
        }
    }

    /// <summary>Keeps it alive no longer; what lives here alone ends.</summary>
    public void LetGo()
    {
        _facade?.Dispose();
        _facade = null;
        if (!IsShared && !_ended)
        {
            _ended = true;
            (Referent as IDisposable)?.Dispose();
        }
    }
}
