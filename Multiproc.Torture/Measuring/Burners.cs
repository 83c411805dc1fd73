using System.Diagnostics;

namespace Multiproc.Torture.Measuring;

/// <summary>
/// Processes that take every processor for as long as this lasts, at normal priority: how fast something is on a machine that has other work. They end with
/// their standard input, so also when this process is killed.
/// </summary>
internal sealed class Burners : IDisposable
{
    /// <summary>The argument with which a program that has burners calls <see cref="Burn"/>.</summary>
    public const string Argument = "torture-burn";

    private readonly Process[] _all;

    private Burners(int count) => _all = [.. Enumerable.Range(0, count).Select(static _ => Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, Self.Arguments(Argument)) { UseShellExecute = false, RedirectStandardInput = true })!)];

    /// <summary>One for each processor.</summary>
    public static Burners Start() => new(Environment.ProcessorCount);

    public static void Burn()
    {
        bool isOver = false;
        var thread = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
            }
        });
        thread.Start();
        while (Console.In.Read() >= 0)
        {
        }

        Volatile.Write(ref isOver, true);
        thread.Join();
    }

    public void Dispose()
    {
        foreach (var each in _all)
        {
            each.StandardInput.Close();
            each.WaitForExit();
            each.Dispose();
        }
    }
}
