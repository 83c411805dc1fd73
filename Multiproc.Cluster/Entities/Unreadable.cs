namespace Multiproc.Cluster.Entities;

/// <summary>Tells journals that cannot be read from those that cannot be reached.</summary>
internal static class Unreadable
{
    /// <summary>What is wrong with what a journal has; null when it could not be read for another reason.</summary>
    public static string? Of(Exception failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
        {
            if (each is SerializationException)
            {
                return each.Message;
            }
        }

        return null;
    }
}
