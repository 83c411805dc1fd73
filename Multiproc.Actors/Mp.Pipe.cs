namespace Multiproc;

public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Pipe(bool)"/>
    public static (Connection First, Connection Second) Pipe(bool duplex = true) =>
        Default.Pipe(duplex);
}
