namespace Multiproc.Tests.Managers;

/// <summary>One manager for the tests of a class that do not end it.</summary>
public sealed class ManagerFixture : IDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public SyncManager Manager { get; } = Mp.Manager();

    public void Dispose() => Manager.Dispose();

    /// <summary>Runs processes to their end; each must end well.</summary>
    public static void Run(params ChildProcess[] processes)
    {
        Array.ForEach(processes, static process => process.Start());
        Array.ForEach(processes, static process => process.Join(Bound).ShouldBeTrue($"{process.Name} ends"));
        Array.ForEach(processes, static process => process.ExitCode.ShouldBe(0));
    }
}
