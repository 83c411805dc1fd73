using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Python.Classes;
using Multiproc.Python.Pools;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Python.Server;

/// <summary>Makes the objects of the types that Python's SyncManager has: objects of this manager, as a C# program would make them.</summary>
internal sealed class TypeTable
{
    private const int MostWorkers = 4096;

    private readonly ObjectFactory _objects = new(Create);
    private readonly Dictionary<string, Func<Arguments, SharedObject>> _types;

    public TypeTable(Idents idents)
    {
        Classes = new ClassTable(idents);
        _types = Types();
    }

    private Dictionary<string, Func<Arguments, SharedObject>> Types() => new(StringComparer.Ordinal)
    {
        ["list"] = given => _objects.List<object?>(Sequences.Items(given.Next("sequence", PyTuple.Empty))),
        ["dict"] = Dictionary,
        ["set"] = given => _objects.Set<object>(Sequences.Items(given.Next("sequence", PyTuple.Empty)).Select(Keys.Of)),
        ["Namespace"] = given => _objects.Namespace(given.Named.Select(static each => KeyValuePair.Create((string)each.Key, each.Value))),
        ["Queue"] = given => _objects.Queue<object?>(Size(given)),
        ["JoinableQueue"] = given => _objects.JoinableQueue<object?>(Size(given)),
        ["Lock"] = _ => _objects.Lock(),
        ["RLock"] = _ => _objects.RLock(),
        ["Semaphore"] = given => _objects.Semaphore(Permits(given)),
        ["BoundedSemaphore"] = given => _objects.BoundedSemaphore(Permits(given)),
        ["Event"] = _ => _objects.Event(),
        ["Condition"] = Condition,
        ["Barrier"] = Barrier,
        ["Array"] = Array,
    };

    /// <summary>The C# classes that objects are made of.</summary>
    public ClassTable Classes { get; }

    /// <summary>The functions that pools run.</summary>
    public FunctionTable Functions { get; } = new();

    public bool Has(string typeId) => typeId is "Value" or "Pool" || _types.ContainsKey(typeId) || Classes.Has(typeId);

    public Entry Make(string typeId, Arguments given, Idents idents)
    {
        if (typeId == "Pool")
        {
            return idents.Of(Pool(given));
        }

        if (Classes.Has(typeId))
        {
            return idents.Of(Classes.Make(typeId, given));
        }

        if (typeId == "Value")
        {
            string code = given.Next("typecode") as string ?? throw PythonErrors.Type("the typecode must be text");
            var value = _objects.Value(given.Next("value"));
            return idents.Of(value, () => new ValueReferent<object?>(value) { Typecode = code });
        }

        return idents.Of(_types[typeId](given));
    }

    private static ObjectHandle Create(ObjectType type, Payload options)
    {
        var reply = new ObjectHandle(Node.Current, ReferenceCommand.Keeper, cell: null).Ask(new ManagerCommand.Create(type.Tag, options), default);
        if (reply.Status != ReplyStatus.Ok)
        {
            throw PythonErrors.Runtime($"a {type.Name} could not be made: {reply.Reason}");
        }

        var reader = new WireReader(reply.Value.Bytes.Span);
        return ObjectHandle.ReadFrom(ref reader, isNew: true);
    }

    private PoolReferent Pool(Arguments given)
    {
        object? processes = given.Next("processes", null);
        if (given.Next("initializer", null) is not null)
        {
            throw PythonErrors.NotImplemented("an initializer of Python cannot be run in a manager of a C# program");
        }

        given.Next("initargs", null);
        object? most = given.Next("maxtasksperchild", null);
        long count = processes is null ? Environment.ProcessorCount : Arguments.Integer(processes);
        return count is >= 1 and <= MostWorkers
            ? new PoolReferent(PoolReferent.Start((int)count, most is null ? null : (int)Arguments.Integer(most)), Functions)
            : throw PythonErrors.Value("Number of processes must be at least 1");
    }

    private static int Size(Arguments given) => (int)Math.Clamp(given.NextInteger("maxsize", 0), 0, int.MaxValue);

    private static int Permits(Arguments given) => given.NextInteger("value", 1) is >= 0 and <= int.MaxValue and var permits
        ? (int)permits
        : throw PythonErrors.Value("semaphore initial value must be >= 0");

    private DictionaryProxy<object, object?> Dictionary(Arguments given)
    {
        IEnumerable<(object? Key, object? Value)> entries = given.Given.Count > 0 ? Sequences.Entries(given.Given[0]) : [];
        var all = entries.Concat(given.Named.Select(static each => (Key: (object?)each.Key, each.Value)))
            .Select(static each => KeyValuePair.Create(Keys.Of(each.Key), each.Value)).ToList();
        return _objects.Dictionary(all.Count == 0 ? null : all);
    }

    private SharedCondition Condition(Arguments given) => given.Next("lock", null) switch
    {
        null => _objects.Condition(),
        SharedLockBase gate => _objects.Condition(gate),
        _ => throw PythonErrors.Type("the lock of a Condition must be a Lock or an RLock of this manager"),
    };

    private SharedBarrier Barrier(Arguments given)
    {
        long parties = given.NextInteger("parties");
        if (given.Next("action", null) is not null)
        {
            throw PythonErrors.NotImplemented("an action of Python cannot be run in a manager of a C# program");
        }

        return parties is >= 1 and <= int.MaxValue
            ? _objects.Barrier((int)parties, null, Arguments.Time(given.NextSeconds("timeout")))
            : throw PythonErrors.Value("parties must be > 0");
    }

    private SharedObject Array(Arguments given)
    {
        var items = new Lazy<IReadOnlyList<object?>>(() => Sequences.Items(given.Next("sequence")));
        object? code = given.Next("typecode");
        return code switch
        {
            "b" => Of<sbyte>(),
            "B" or "c" => Of<byte>(),
            "u" => Of<char>(),
            "h" => Of<short>(),
            "H" => Of<ushort>(),
            "i" => Of<int>(),
            "I" => Of<uint>(),
            "l" or "q" => Of<long>(),
            "L" or "Q" => Of<ulong>(),
            "f" => Of<float>(),
            "d" => Of<double>(),
            _ => throw PythonErrors.Value($"bad typecode {PythonRepr.Of(code)} (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"),
        };

        ArrayProxy<T> Of<T>() => _objects.Array(items.Value.Select(Typed<T>.From));
    }
}
