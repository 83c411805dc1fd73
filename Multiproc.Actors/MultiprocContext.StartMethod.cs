using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Processes.Warm;

namespace Multiproc;

/// <content>How this context starts processes.</content>
public sealed partial class MultiprocContext
{
    private static readonly MultiprocContext[] s_concrete =
    [
        new(new StartMethodChoice(StartMethod.Spawn)), new(new StartMethodChoice(StartMethod.ForkServer)), new(new StartMethodChoice(StartMethod.InProcess)),
    ];

    private readonly StartMethodChoice _method;

    /// <summary>Processes do not know of pools, and warm processes should. Warm processes of a program that never comes by here rehearse less.</summary>
    static MultiprocContext() => WarmUp.OwnWorks = [new PoolWorkerStart(null, null, 0, onThread: false)];

    private MultiprocContext(StartMethodChoice method) => _method = method;

    /// <summary>The context behind <see cref="Mp"/>: its method is set once, or is the default when it is first needed.</summary>
    internal static MultiprocContext Default { get; } = new(StartMethodChoice.Program);

    /// <summary>How many processes are ready to be handed over.</summary>
    internal static int WarmProcesses => Processes.Warm.WarmHosts.Current.Ready;

    /// <summary>This context itself, or the default context's choice as a context of its own.</summary>
    /// <returns>A context whose start method does not change.</returns>
    public MultiprocContext GetContext() => _method.IsFixed ? this : GetContext(_method.Use());

    /// <summary>The context of a start method; the same object each time.</summary>
    /// <param name="method">The method.</param>
    /// <returns>A context whose start method does not change.</returns>
    /// <exception cref="ArgumentException">There is no such method in .NET; the message says why and names the others.</exception>
    public MultiprocContext GetContext(StartMethod method) => s_concrete[(int)StartMethods.Checked(method)];

    /// <summary>The context of a start method by Python's name; the same object each time.</summary>
    /// <param name="method">"spawn", "forkserver" or "inprocess".</param>
    /// <returns>A context whose start method does not change.</returns>
    /// <exception cref="ArgumentException">There is no such method; the message names the known ones.</exception>
    public MultiprocContext GetContext(string method) => GetContext(StartMethods.Parse(method));

    /// <summary>Sets how processes are started from now on: once, before the first one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="force">Whether a method that was set, or used, may be changed; default false.</param>
    /// <exception cref="ArgumentException">There is no such method, or this context is that of one method.</exception>
    /// <exception cref="InvalidOperationException">It was set or used before.</exception>
    public void SetStartMethod(StartMethod method, bool force = false) => _method.Choose(StartMethods.Checked(method), force);

    /// <summary>The same by Python's name.</summary>
    /// <param name="method">"spawn", "forkserver" or "inprocess"; null takes back what was set, which must be forced.</param>
    /// <param name="force">Whether a method that was set, or used, may be changed; default false.</param>
    /// <exception cref="ArgumentException">There is no such method, or this context is that of one method.</exception>
    /// <exception cref="InvalidOperationException">It was set or used before.</exception>
    public void SetStartMethod(string? method, bool force = false) => _method.Choose(method is null ? null : StartMethods.Parse(method), force);

    /// <summary>How processes are started. Asking fixes the default.</summary>
    /// <param name="allowNone">Whether to answer null, and to fix nothing, when no method was set or used yet; default false.</param>
    /// <returns>The method.</returns>
    public StartMethod? GetStartMethod(bool allowNone = false) => allowNone ? _method.SoFar : _method.Use();

    /// <summary>The methods that there are, the default first.</summary>
    /// <returns>Spawn, ForkServer and InProcess.</returns>
    public IReadOnlyList<StartMethod> GetAllStartMethods() => StartMethods.Known;

    /// <summary>Names the start method.</summary>
    /// <returns>For example "MultiprocContext(Spawn)".</returns>
    public override string ToString() => $"MultiprocContext({_method})";
}
