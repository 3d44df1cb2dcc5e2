"""All pages: views, forms and templates, by area. Domain packages know nothing of them."""
