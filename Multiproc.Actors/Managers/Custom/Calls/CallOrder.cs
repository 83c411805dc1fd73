namespace Multiproc.Managers;

/// <summary>Specifies how the calls of one object are ordered.</summary>
internal enum CallOrder
{
    /// <summary>Each call begins when the previous one has completed.</summary>
    OneByOne,

    /// <summary>
    /// Calls begin in order of arrival and may be pending together: for an object whose methods soon return a task, and whose order of calls matters.
    /// </summary>
    BegunInOrder,

    /// <summary>All calls run concurrently.</summary>
    AllAtOnce,
}
