namespace Multiproc.Pool;

/// <summary>How many tasks go in one piece.</summary>
internal static class Chunks
{
    /// <summary>Python's rule: four pieces for each worker, so that a slow one does not hold up the end.</summary>
    public static int Automatic(long tasks, int workers) => (int)Math.Clamp((tasks + (4L * workers) - 1) / (4L * workers), 1, int.MaxValue);
}
