namespace Multiproc.Diagnostics.Stacks;

/// <summary>A managed method on a stack.</summary>
/// <param name="Module">The assembly that it is in.</param>
/// <param name="Method">Its name as a reader of the source knows it: type, method, and whether it is asynchronous or a lambda in it.</param>
internal sealed record ManagedFrame(string Module, string Method)
{
    public bool IsOfFramework =>
        Module.StartsWith("System.", StringComparison.Ordinal) || Module.StartsWith("Microsoft.", StringComparison.Ordinal) || Module is "System" or "mscorlib";

    public bool IsOfLibrary => Module is "Multiproc.Actors" or "Multiproc.Host" or "Multiproc.Cluster" or "Akka";
}

/// <summary>What one thread of a process is doing.</summary>
/// <param name="Id">The system's number of the thread.</param>
/// <param name="Name">Its name in the system; null if that is not known.</param>
/// <param name="IsInManagedCode">Whether it ran managed code; otherwise it waits, or runs native code.</param>
/// <param name="IsSleeping">Whether the system says that it waits; null if that is not known.</param>
/// <param name="Frames">Its managed methods, the innermost first.</param>
internal sealed record ThreadStack(int Id, string? Name, bool IsInManagedCode, bool? IsSleeping, IReadOnlyList<ManagedFrame> Frames)
{
    /// <summary>Whether any method on it is neither .NET's nor the library's.</summary>
    public bool HasCodeOfProgram => Frames.Any(static each => !each.IsOfFramework && !each.IsOfLibrary);

    /// <summary>What it does or waits for.</summary>
    public string Activity => ThreadActivity.Of(this);
}
