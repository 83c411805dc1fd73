using System.Collections.Concurrent;
using Multiproc.Python.Classes;
using Multiproc.Python.Pools;
using Multiproc.Python.Types;
using Multiproc.Python.Values;
using Multiproc.Serialization;

namespace Multiproc.Python.Server;

/// <summary>What becomes of a connection after its request was answered.</summary>
internal enum Next
{
    Close,
    Channel,
    Stop,
}

/// <summary>The functions of the manager itself, of which a connection calls one.</summary>
internal sealed class ServerFunctions(Idents idents, MessageFormat format)
{
    private readonly TypeTable _types = new(idents);
    private readonly ConcurrentDictionary<string, Entry> _offered = new(StringComparer.Ordinal);

    public Idents Idents => idents;

    public MessageFormat Format => format;

    /// <summary>The classes of Python that are types here.</summary>
    public TypeMap Types { get; } = new();

    /// <summary>The functions that pools run.</summary>
    public FunctionTable Registered => _types.Functions;

    /// <summary>Offers an object under a name: Python gets it as what a registered type of this name makes.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    /// <exception cref="NotSupportedException">Python has no such type, or the object lives in another process.</exception>
    public void Offer(string name, SharedObject facade)
    {
        if (_types.Has(name) || !_offered.TryAdd(name, idents.Offer(facade)))
        {
            string taken = _types.Has(name) ? "a type of Python's managers" : "offered already";
            throw new ArgumentException($"'{name}' is {taken}: choose another name.", nameof(name));
        }
    }

    /// <summary>Registers a class that Python programs make objects of.</summary>
    /// <exception cref="ArgumentException">The name is taken, or a name in the plan is no method.</exception>
    public void Register(ClassPlan plan)
    {
        if (_types.Has(plan.TypeId) || _offered.ContainsKey(plan.TypeId))
        {
            throw new ArgumentException($"'{plan.TypeId}' is a type of Python's managers, registered or offered already: choose another name.", nameof(plan));
        }

        _types.Classes.Add(plan);
    }

    /// <summary>Answers a request, whatever it is.</summary>
    /// <returns>The bytes of the answer, and what comes after it.</returns>
    public (byte[] Answer, Next Next) Serve(ReadOnlySpan<byte> message, ClientProcess? process, ProxyPickles proxies)
    {
        var next = Next.Close;
        Answer answer;
        try
        {
            var request = Request.Read(message, format, proxies);
            answer = Server.Answer.Return(Call(request, process?.Pid ?? 0, ref next));
        }
        catch (Exception failure) when (failure is MultiprocException or NotSupportedException or ArgumentException or InvalidOperationException
            or InvalidCastException or InsufficientExecutionStackException or OutOfMemoryException)
        {
            answer = Server.Answer.Failed(failure);
        }

        using var writer = new WireWriter();
        answer.WriteTo(writer, format, proxies);
        return (writer.ToArray(), next);
    }

    private object? Call(in Request request, int pid, ref Next next)
    {
        var given = request.Arguments;
        switch (request.Name)
        {
            case "dummy":
                return null;
            case "create":
                return Create(request, pid);
            case "incref":
                idents.Count(Ident(given), pid);
                return null;
            case "decref":
                idents.Discount(Ident(given), pid);
                return null;
            case "get_methods":
                return ProxyPickles.Exposed(Required(ProxyPickles.IdentIn(given.Next("token"))).Referent);
            case "number_of_objects":
                return idents.Counted;
            case "debug_info":
                return idents.Describe();
            case "accept_connection":
                next = Next.Channel;
                return null;
            case "shutdown":
                next = Next.Stop;
                return null;
            default:
                throw PythonErrors.Attribute($"'{request.Name}' is not a function of this manager");
        }
    }

    private PyTuple Create(in Request request, int pid)
    {
        if (request.Given is not { Count: > 0 } given || given[0] is not string typeId)
        {
            throw PythonErrors.Type("create() needs the name of a type");
        }

        var arguments = new Arguments(typeId, new PyTuple(given.Items[1..]), request.Named);
        var entry = _offered.GetValueOrDefault(typeId)
            ?? (_types.Has(typeId)
                ? _types.Make(typeId, arguments, idents)
                : throw PythonErrors.Key($"no type '{typeId}' is known to this manager of a C# program"));
        idents.Count(entry.Ident, pid);
        return new PyTuple(entry.Ident, ProxyPickles.Exposed(entry.Referent));
    }

    private static string Ident(Arguments given) => given.Next("ident") as string ?? throw PythonErrors.Type("an ident is text");

    private Entry Required(string? ident) => ident is not null && idents.Find(ident) is { } entry ? entry : throw PythonErrors.Key(ident);
}
