namespace Multiproc.Managers;

/// <summary>How the calls of one object run beside each other.</summary>
internal enum CallOrder
{
    /// <summary>The next begins when one has ended.</summary>
    OneByOne,

    /// <summary>They begin in the order in which they come, and wait beside each other: for an object whose calls give a task soon, and whose calls mean something to each other.</summary>
    BegunInOrder,

    /// <summary>Each on its own.</summary>
    AllAtOnce,
}
