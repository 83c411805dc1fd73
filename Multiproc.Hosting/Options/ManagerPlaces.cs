using System.Globalization;

namespace Multiproc.Hosting.Configuration;

/// <summary>Addresses of managers as they stand in a configuration.</summary>
internal static class ManagerPlaces
{
    /// <exception cref="FormatException">The text is neither a path nor a host with a port.</exception>
    /// <exception cref="ArgumentException">The path is too long for a socket.</exception>
    public static ManagerAddress? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Contains('/', StringComparison.Ordinal))
        {
            return ManagerAddress.Local(text);
        }

        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new ManagerAddress(text[..colon].Trim('[', ']'), port)
            : throw new FormatException($"'{text}' is not an address of a manager: write \"host:port\", or the path of a socket.");
    }
}
