namespace Multiproc;

/// <content>How processes are started.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.GetContext()"/>
    public static MultiprocContext GetContext() => Default.GetContext();

    /// <inheritdoc cref="MultiprocContext.GetContext(StartMethod)"/>
    public static MultiprocContext GetContext(StartMethod method) => Default.GetContext(method);

    /// <inheritdoc cref="MultiprocContext.GetContext(string)"/>
    public static MultiprocContext GetContext(string method) => Default.GetContext(method);

    /// <inheritdoc cref="MultiprocContext.SetStartMethod(StartMethod, bool)"/>
    public static void SetStartMethod(StartMethod method, bool force = false) => Default.SetStartMethod(method, force);

    /// <inheritdoc cref="MultiprocContext.SetStartMethod(string?, bool)"/>
    public static void SetStartMethod(string? method, bool force = false) => Default.SetStartMethod(method, force);

    /// <inheritdoc cref="MultiprocContext.GetStartMethod(bool)"/>
    public static StartMethod? GetStartMethod(bool allowNone = false) => Default.GetStartMethod(allowNone);

    /// <inheritdoc cref="MultiprocContext.GetAllStartMethods()"/>
    public static IReadOnlyList<StartMethod> GetAllStartMethods() => Default.GetAllStartMethods();
}
