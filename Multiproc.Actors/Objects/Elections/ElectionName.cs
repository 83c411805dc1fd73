namespace Multiproc.Objects.Elections;

/// <summary>Names of elections.</summary>
internal static class ElectionName
{
    private const int Longest = 1024;

    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Length <= Longest
            ? name
            : throw new ArgumentException($"The name has {name.Length} characters, and that of an election may have {Longest}.", nameof(name));
    }
}
