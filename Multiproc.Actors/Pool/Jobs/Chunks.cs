namespace Multiproc.Pool;

/// <summary>Computes chunk sizes.</summary>
internal static class Chunks
{
    /// <summary>Applies Python's rule: four chunks for each worker, so that a slow worker does not delay the end.</summary>
    public static int Automatic(long tasks, int workers) => (int)Math.Clamp((tasks + (4L * workers) - 1) / (4L * workers), 1, int.MaxValue);
}
