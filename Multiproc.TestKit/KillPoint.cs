namespace Multiproc.TestKit;

/// <summary>
/// Kills a process at a certain step of its code, so that a test can show what a death at that point does. Send it to the process; there, the code calls
/// <see cref="Reached"/> at its steps.
/// </summary>
/// <example>
/// <code>
/// using var point = new KillPoint("after get");
/// using var worker = Mp.Process(Work, queue, point);   // Work calls point.Reached("after get")
/// worker.Start();
/// point.KillThere(worker);
/// </code>
/// </example>
public sealed class KillPoint : IDisposable
{
    private readonly string _step;
    private readonly SharedEvent _there = Mp.Event();
    private readonly SharedEvent _never = Mp.Event();

    /// <summary>Creates a point.</summary>
    /// <param name="step">The name of the step at which the process dies.</param>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    public KillPoint(string step)
    {
        ArgumentException.ThrowIfNullOrEmpty(step);
        _step = step;
    }

    /// <summary>Notes that the process is at a step. At the one where it is to die it waits for its end; at all others this returns at once.</summary>
    /// <param name="step">The name of the step.</param>
    public void Reached(string step)
    {
        if (step == _step)
        {
            _there.Set();
            _never.Wait();
        }
    }

    /// <summary>Waits until the process is at the step, kills it there, and waits for its end.</summary>
    /// <param name="process">The process.</param>
    /// <param name="bound">The longest wait for the step; null (the default) for 30 s.</param>
    /// <exception cref="TimeoutException">The process did not reach the step in time.</exception>
    public void KillThere(ChildProcess process, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        var longest = bound ?? TimeSpan.FromSeconds(30);
        if (!_there.Wait(longest))
        {
            string end = process.IsAlive ? "" : $"; it has ended with {process.ExitCode}";
            throw new TimeoutException($"{process.Name} did not reach the step '{_step}' within {longest.TotalSeconds:0.#} s{end}.");
        }

        process.Kill();
        process.Join();
    }

    /// <summary>Frees what the point shares with the process.</summary>
    public void Dispose()
    {
        _there.Dispose();
        _never.Dispose();
    }
}
