using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Collecting;

/// <summary>The program that serves the dashboard.</summary>
internal sealed class OwnProgram : IProgramSource
{
    public async ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation)
    {
        var view = await ProgramLook.AtProgramAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return [new Sight(view.Pid, view)];
    }
}
