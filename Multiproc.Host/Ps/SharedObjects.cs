using Multiproc.Processes.Views;

namespace Multiproc.Host.Ps;

/// <summary>What running programs of this user tell about their shared objects.</summary>
internal static class SharedObjects
{
    /// <summary>A program takes half a second for each level of children that do not answer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks at all of the programs at once. One that is stopped, ended or closed to diagnostics is missing.</summary>
    /// <param name="programs">Their process ids.</param>
    /// <exception cref="AuthenticationException">The socket of a program belongs to another user.</exception>
    public static async Task<IReadOnlyDictionary<int, ProgramView>> LookAsync(IEnumerable<int> programs)
    {
        var wanted = programs.ToHashSet();
        var views = await Task.WhenAll(ViewClient.Find().Where(each => wanted.Contains(each.Pid)).Select(static each => OneAsync(each.Address)))
            .ConfigureAwait(false);
        return views.OfType<ProgramView>().DistinctBy(static view => view.Pid).ToDictionary(static view => view.Pid);
    }

    /// <summary>Looks at what one process holds of its program's objects, and what it waits for.</summary>
    /// <returns>Sentences; none where the program cannot be asked.</returns>
    /// <exception cref="AuthenticationException">The socket of the program belongs to another user.</exception>
    public static async Task<IReadOnlyList<string>> OfProcessAsync(int pid)
    {
        var table = ProcessTable.Read();
        if (table.Entries.FirstOrDefault(each => each.Pid == pid) is not { } process || table.RootOf(process) is not { } program)
        {
            return [];
        }

        var views = await LookAsync([program.Pid]).ConfigureAwait(false);
        return views.TryGetValue(program.Pid, out var view) ? [.. new ObjectSentences(view).OfProcess(pid)] : [];
    }

    private static async Task<ProgramView?> OneAsync(string address)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            return await ViewClient.LookAsync(address, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
