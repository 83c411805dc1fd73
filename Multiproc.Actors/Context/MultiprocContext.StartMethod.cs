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

    /// <summary>
    /// The layer of processes does not know pools, but warm processes should rehearse their work. A program that never uses a context has warm processes that
    /// rehearse less.
    /// </summary>
    static MultiprocContext() => WarmUp.OwnWorks = [new PoolWorkerStart(null, null, 0, onThread: false)];

    private MultiprocContext(StartMethodChoice method) => _method = method;

    /// <summary>The context behind <see cref="Mp"/>: its start method is set once, or becomes the default at its first use.</summary>
    internal static MultiprocContext Default { get; } = new(StartMethodChoice.Program);

    /// <summary>The number of warm processes that are ready to be handed over.</summary>
    internal static int WarmProcesses => Processes.Warm.WarmHosts.Current.Ready;

    /// <summary>Gets a context with a fixed start method: this one, or, for the default context, one with the start method chosen so far.</summary>
    /// <returns>A context whose start method does not change.</returns>
    public MultiprocContext GetContext() => _method.IsFixed ? this : GetContext(_method.Use());

    /// <summary>Gets the context of a start method; the same object each time.</summary>
    /// <param name="method">The start method.</param>
    /// <returns>A context whose start method does not change.</returns>
    /// <exception cref="ArgumentException">.NET has no such start method; the message says why and names the others.</exception>
    public MultiprocContext GetContext(StartMethod method) => s_concrete[(int)StartMethods.Checked(method)];

    /// <summary>Gets the context of a start method by its name in Python; the same object each time.</summary>
    /// <param name="method">"spawn", "forkserver" or "inprocess".</param>
    /// <returns>A context whose start method does not change.</returns>
    /// <exception cref="ArgumentException">There is no start method of that name; the message names the known ones.</exception>
    public MultiprocContext GetContext(string method) => GetContext(StartMethods.Parse(method));

    /// <summary>Sets the start method of this program; call it once, before the first process is started.</summary>
    /// <param name="method">The start method.</param>
    /// <param name="force">Whether to change a start method that has been set or used before; default false.</param>
    /// <exception cref="ArgumentException">There is no such start method, or this context has a fixed one.</exception>
    /// <exception cref="InvalidOperationException">The start method has been set or used before.</exception>
    public void SetStartMethod(StartMethod method, bool force = false) => _method.Choose(StartMethods.Checked(method), force);

    /// <summary>Sets the start method of this program by its name in Python; call it once, before the first process is started.</summary>
    /// <param name="method">"spawn", "forkserver" or "inprocess"; null, together with <paramref name="force"/>, restores the default.</param>
    /// <param name="force">Whether to change a start method that has been set or used before; default false.</param>
    /// <exception cref="ArgumentException">There is no such start method, or this context has a fixed one.</exception>
    /// <exception cref="InvalidOperationException">The start method has been set or used before.</exception>
    public void SetStartMethod(string? method, bool force = false) => _method.Choose(method is null ? null : StartMethods.Parse(method), force);

    /// <summary>Gets the start method. If none has been set, this call fixes the default.</summary>
    /// <param name="allowNone">Whether to return null, and fix nothing, when no method has been set or used yet; default false.</param>
    /// <returns>The start method.</returns>
    public StartMethod? GetStartMethod(bool allowNone = false) => allowNone ? _method.SoFar : _method.Use();

    /// <summary>Gets the available start methods, the default first.</summary>
    /// <returns>Spawn, ForkServer and InProcess.</returns>
    public IReadOnlyList<StartMethod> GetAllStartMethods() => StartMethods.Known;

    /// <summary>Describes the context by its start method.</summary>
    /// <returns>For example "MultiprocContext(Spawn)".</returns>
    public override string ToString() => $"MultiprocContext({_method})";
}
