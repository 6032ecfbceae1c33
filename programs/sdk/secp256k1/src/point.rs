//! Points in affine coordinates, with slopes from elsewhere.
//!
//! Adding two points takes a division, which is dear, for the slope of the line through them. A slope that is given is checked
//! by one multiplication: slope times run must be the rise. Since the run is not zero, no other slope passes.
use crate::field::Fe;

/// A point of the curve y^2 = x^3 + 7, not the one at infinity.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub x: Fe,
    pub y: Fe,
}

/// A line is vertical: two points are equal or opposite, where the rules for different ones do not hold.
#[derive(Debug)]
pub struct Vertical;

/// Where slopes come from.
pub trait Slopes {
    /// `rise / run`, or an error when `run` is zero. What this returns is right: implementations check it.
    fn slope(&mut self, rise: &Fe, run: &Fe) -> Result<Fe, Vertical>;
}

impl Point {
    /// Adds a point with another x.
    pub fn add(&mut self, x: &Fe, y: &Fe, slopes: &mut impl Slopes) -> Result<(), Vertical> {
        let slope = slopes.slope(&y.sub(&self.y), &x.sub(&self.x))?;
        self.follow(&slope, x);
        Ok(())
    }

    /// Adds the point to itself. Its tangent is never vertical, since no point has y = 0.
    pub fn double(&mut self, slopes: &mut impl Slopes) -> Result<(), Vertical> {
        let square = self.x.square();
        let slope = slopes.slope(&square.double().add(&square), &self.y.double())?;
        let x = self.x;
        self.follow(&slope, &x);
        Ok(())
    }

    /// Doubles and adds a point, as `(self + other) + self`, for which the y of the sum in the middle is not needed: with the
    /// first slope s the second one is `2 y / (x - x') - s`, where x' is the x of that sum.
    pub fn double_add(&mut self, x: &Fe, y: &Fe, slopes: &mut impl Slopes) -> Result<(), Vertical> {
        let first = slopes.slope(&y.sub(&self.y), &x.sub(&self.x))?;
        let middle = first.square().sub(&self.x).sub(x);
        let second = slopes.slope(&self.y.double(), &self.x.sub(&middle))?.sub(&first);
        self.follow(&second, &middle);
        Ok(())
    }

    /// Goes on to the sum of `self` and the point at `other_x`, on the line with this slope.
    fn follow(&mut self, slope: &Fe, other_x: &Fe) {
        let x = slope.square().sub(&self.x).sub(other_x);
        self.y = slope.mul(&self.x.sub(&x)).sub(&self.y);
        self.x = x;
    }
}

/// Slopes that somebody gave, each checked when it is taken.
pub struct Given<'a>(pub &'a [u32]);

impl Slopes for Given<'_> {
    fn slope(&mut self, rise: &Fe, run: &Fe) -> Result<Fe, Vertical> {
        let Some((words, rest)) = self.0.split_first_chunk::<8>() else { panic!("a hint is missing") };
        self.0 = rest;
        let slope = Fe::from_words(*words);
        // Soundness: with a run of zero any slope would pass when the rise is zero, too.
        assert!(slope.mul(run) == *rise && !run.is_zero(), "a hint is wrong");
        Ok(slope)
    }
}

/// Computes slopes and keeps them.
pub struct Computed(pub Vec<u32>);

impl Slopes for Computed {
    fn slope(&mut self, rise: &Fe, run: &Fe) -> Result<Fe, Vertical> {
        let slope = rise.mul(&run.invert().ok_or(Vertical)?);
        self.0.extend(slope.words());
        Ok(slope)
    }
}
